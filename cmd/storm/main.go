// Command storm proves that nothing is lost and nothing is twice: it runs the
// bridge and the server as processes of their own between a simulated WhatsApp
// and simulated people, breaks everything between them and kills them over and
// over, and then compares what was said with what arrived.
//
// Its one rule: bridge and server run the code that ships. What a process of the
// storm gets from outside besides its environment is the way to the simulator
// and its clock.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if program := os.Getenv(envChild); program != "" {
		os.Exit(runChild(program))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "storm:", err)
		os.Exit(1)
	}
}

// command runs one storm as the command line describes it.
func command(ctx context.Context, args []string) error {
	o := options{out: os.Stdout}
	flags := flag.NewFlagSet("storm", flag.ContinueOnError)
	flags.Uint64Var(&o.seed, "semilla", uint64(time.Now().UnixNano()), "semilla de los mensajes y las fallas; la misma repite el mismo plan")
	flags.IntVar(&o.messages, "mensajes", 20_000, "mensajes de los clientes")
	flags.IntVar(&o.customers, "clientes", 40, "clientes")
	flags.IntVar(&o.kills, "muertes", 200, "muertes (kill -9), repartidas entre los dos programas")
	flags.IntVar(&o.replies, "respuestas", 1_500, "respuestas que se escriben en el panel")
	flags.IntVar(&o.troubles, "fallas", 400, "otras fallas: cortes, retrasos, rechazos")
	flags.IntVar(&o.fills, "llenos", 20, "veces que se llena el disco de la laptop (en Linux, como root)")
	flags.IntVar(&o.days, "dias", 3, "días que pasan sin el servidor")
	flags.DurationVar(&o.pace, "ritmo", 8*time.Millisecond, "pausa media entre dos sucesos")
	flags.StringVar(&o.link, "enlace", "", "ENLACE de los dos programas: auto, inverso o directo")
	flags.StringVar(&o.dir, "carpeta", "", "carpeta para los datos (por omisión, una temporal que se borra si todo salió bien)")
	quiet := flags.Bool("quieto", false, "no desata nada: mide la memoria de los dos programas en reposo")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return fmt.Errorf("read flags: %w", err)
	}
	if *quiet {
		return idle(ctx, o)
	}
	return storm(ctx, o)
}
