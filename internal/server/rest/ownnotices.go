package rest

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/notify"
	"mostrador/internal/server/store"
)

func (s *service) ownNotices() {
	own := func(method, path, id, summary string) huma.Operation {
		return operation(method, "/yo/avisos"+path, id, "avisos", summary)
	}
	register(s, own(http.MethodGet, "", "ver-mis-avisos", "Qué avisos recibo y dónde"), auth.RoleReader, s.showOwnNotices)
	register(s, own(http.MethodPut, "", "cambiar-mis-avisos", "Cambia qué avisos recibo"), auth.RoleReader, s.changeOwnNotices)
	register(s, own(http.MethodPost, "/navegador", "avisar-navegador", "Avisa a un navegador, con la suscripción que él dio"), auth.RoleReader, s.addBrowser)
	register(s, own(http.MethodDelete, "/canales/{canal}", "borrar-mi-canal", "Borra un canal propio"), auth.RoleReader, s.removeOwnChannel)
	register(s, own(http.MethodPost, "/canales/{canal}/probar", "probar-mi-canal", "Manda un aviso de prueba a un canal propio"), auth.RoleReader, s.tryOwnChannel)
}

// OwnNotices are one's own wishes and channels.
type OwnNotices struct {
	NoticeWishes

	Channels []Channel `json:"canales"`
	Push     bool      `json:"navegadores" doc:"El negocio permite avisos en el navegador."`
	Key      string    `json:"clave" doc:"La que pide el navegador al suscribirse; vacía si el negocio no lo permite."`
}

// mine chooses one's own channels.
func mine(ctx context.Context) func(store.Channel) bool {
	user := auth.From(ctx).User
	return func(c store.Channel) bool { return c.User == user && c.Kind != store.ChannelWebhook }
}

func (s *service) showOwnNotices(ctx context.Context, _ *struct{}) (*body[OwnNotices], error) {
	id := auth.From(ctx)
	settings, err := s.Store.NoticeSettings(ctx, id.Business)
	if err != nil {
		return nil, fmt.Errorf("load notice settings: %w", err)
	}
	wishes, err := s.Store.NoticeWishes(ctx, id.Business, id.User)
	if err != nil {
		return nil, fmt.Errorf("load notice wishes: %w", err)
	}
	v := OwnNotices{NoticeWishes: wishesOf(wishes), Push: settings.Push}
	if v.Channels, err = s.channels(ctx, mine(ctx)); err != nil {
		return nil, err
	}
	if v.Push {
		if v.Key, err = s.Notify.PushKey(ctx, id.Business); err != nil {
			return nil, fmt.Errorf("load push key: %w", err)
		}
	}
	return answer(v), nil
}

func (s *service) changeOwnNotices(ctx context.Context, in *struct{ Body NoticeWishes }) (*body[OwnNotices], error) {
	id := auth.From(ctx)
	if err := s.Store.SetNoticeWishes(ctx, id.Business, id.User, in.Body.stored()); err != nil {
		return nil, fmt.Errorf("change notice wishes: %w", err)
	}
	return s.showOwnNotices(ctx, nil)
}

type newBrowser struct {
	Body struct {
		Name     string `json:"nombre" minLength:"1" maxLength:"60" doc:"Cómo reconocerlo: navegador y sistema."`
		Endpoint string `json:"destino" maxLength:"2000"`
		Key      string `json:"p256dh" maxLength:"200"`
		Auth     string `json:"auth" maxLength:"100"`
		Origin   string `json:"origen" maxLength:"300" doc:"Dónde está el panel, para que el fabricante sepa quién manda."`
	}
}

func (s *service) addBrowser(ctx context.Context, in *newBrowser) (*body[Channel], error) {
	id := auth.From(ctx)
	c, err := notify.Browser{Endpoint: in.Body.Endpoint, Key: in.Body.Key, Auth: in.Body.Auth, Origin: in.Body.Origin}.Channel()
	if err != nil {
		return nil, err
	}
	c.Business, c.User, c.Name = id.Business, id.User, in.Body.Name
	if c, err = s.Store.AddChannel(ctx, id.User, c); err != nil {
		return nil, fmt.Errorf("add browser: %w", err)
	}
	return answer(channelOf(c)), nil
}

func (s *service) removeOwnChannel(ctx context.Context, in *channelRef) (*struct{}, error) {
	return s.removeOne(ctx, in.ID, mine(ctx))
}

func (s *service) tryOwnChannel(ctx context.Context, in *channelRef) (*body[Channel], error) {
	return s.tryOne(ctx, in.ID, mine(ctx))
}
