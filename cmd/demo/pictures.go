package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
)

// The pictures that the simulated customers send are drawn here, so that the
// demo carries no files and every run shows the same ones.

const pictureWidth, pictureHeight = 720, 960

// photoQuality is about that of a phone's picture sent through WhatsApp.
const photoQuality = 80

// canvas is a picture being drawn, in pixels from the top left corner.
type canvas struct{ *image.RGBA }

// photo draws a table top and, on it, what paint adds, and returns it as JPEG.
func photo(paint func(canvas)) ([]byte, error) {
	c := canvas{image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight))}
	for y := range pictureHeight {
		for x := range pictureWidth {
			grain := uint8(12 * math.Sin(float64(x)/9+6*math.Sin(float64(y)/120)))
			light := uint8(y / 24)
			c.SetRGBA(x, y, color.RGBA{R: 168 + grain - light, G: 132 + grain - light, B: 98 + grain - light, A: 255})
		}
	}
	paint(c)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, c, &jpeg.Options{Quality: photoQuality}); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return out.Bytes(), nil
}

func (c canvas) box(x, y, w, h int, col color.RGBA) {
	draw.Draw(c, image.Rect(x, y, x+w, y+h), image.NewUniform(col), image.Point{}, draw.Over)
}

func (c canvas) line(x0, y0, x1, y1, width int, col color.RGBA) {
	steps := int(math.Hypot(float64(x1-x0), float64(y1-y0)))
	for i := range steps {
		c.box(x0+(x1-x0)*i/steps, y0+(y1-y0)*i/steps, width, width, col)
	}
}

func (c canvas) disc(x, y, radius int, col color.RGBA) {
	for dy := -radius; dy <= radius; dy++ {
		half := int(math.Sqrt(float64(radius*radius - dy*dy)))
		c.box(x-half, y+dy, 2*half, 1, col)
	}
}

var (
	black  = color.RGBA{R: 24, G: 24, B: 28, A: 255}
	grey   = color.RGBA{R: 120, G: 124, B: 130, A: 255}
	silver = color.RGBA{R: 196, G: 200, B: 205, A: 255}
	white  = color.RGBA{R: 246, G: 246, B: 242, A: 255}
	blue   = color.RGBA{R: 18, G: 92, B: 190, A: 255}
	red    = color.RGBA{R: 214, G: 48, B: 40, A: 255}
	green  = color.RGBA{R: 46, G: 160, B: 80, A: 255}
)

// brokenScreen is a phone whose glass is cracked.
func brokenScreen(c canvas) {
	c.box(190, 110, 340, 720, black)
	c.box(206, 140, 308, 650, color.RGBA{R: 40, G: 66, B: 92, A: 255})
	for _, end := range [][2]int{{210, 150}, {320, 145}, {500, 180}, {508, 420}, {470, 780}, {300, 785}, {208, 600}, {212, 350}} {
		c.line(390, 390, end[0], end[1], 3, white)
		c.line((390+end[0])/2, (390+end[1])/2, end[0], (end[1]+390)/2, 2, silver)
	}
	c.disc(390, 390, 16, white)
}

// blueScreen is a laptop that stopped with an error.
func blueScreen(c canvas) {
	c.box(90, 200, 540, 360, black)
	c.box(106, 216, 508, 328, blue)
	c.disc(160, 280, 10, white)
	c.disc(160, 320, 10, white)
	c.line(215, 262, 200, 340, 6, white)
	for i, width := range []int{380, 340, 300, 180} {
		c.box(150, 390+34*i, width, 10, white)
	}
	c.box(40, 560, 640, 190, silver)
	for row := range 4 {
		for key := range 13 {
			c.box(66+46*key, 578+30*row, 38, 22, grey)
		}
	}
	c.box(270, 702, 180, 40, grey)
}

// jammedPrinter is a printer with a crumpled sheet and a red light.
func jammedPrinter(c canvas) {
	c.box(110, 380, 500, 330, grey)
	c.box(140, 330, 440, 60, black)
	c.box(180, 150, 360, 200, white)
	for i := range 7 {
		c.line(180, 330-14*i, 360, 300+12*i, 3, silver)
		c.line(360, 300+12*i, 540, 330-14*i, 3, silver)
	}
	c.disc(560, 430, 14, red)
	c.disc(520, 430, 14, green)
	c.box(160, 600, 400, 26, black)
}

// router is a box whose internet light went red.
func router(c canvas) {
	c.box(150, 160, 16, 320, black)
	c.box(560, 160, 16, 320, black)
	c.box(90, 460, 540, 170, white)
	c.box(90, 610, 540, 24, grey)
	for i, light := range []color.RGBA{green, green, red, grey, grey} {
		c.disc(180+90*i, 545, 15, light)
	}
}
