package rest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/notify"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func (s *service) notices() {
	of := func(method, path, id, summary string) huma.Operation {
		return operation(method, "/avisos"+path, id, "avisos", summary)
	}
	register(s, of(http.MethodGet, "", "ver-avisos", "Qué avisos salen del panel y a dónde"), auth.RoleAdmin, s.showNotices)
	register(s, of(http.MethodPut, "", "cambiar-avisos", "Cambia qué avisos salen"), auth.RoleAdmin, s.changeNotices)
	register(s, of(http.MethodPost, "/canales", "crear-canal", "Agrega una dirección o un webhook; el secreto de un webhook se dice una sola vez"), auth.RoleAdmin, s.addChannel)
	register(s, of(http.MethodPatch, "/canales/{canal}", "cambiar-canal", "Cambia, apaga o enciende un canal"), auth.RoleAdmin, s.changeChannel)
	register(s, of(http.MethodDelete, "/canales/{canal}", "borrar-canal", "Borra un canal y lo que espera para él"), auth.RoleAdmin, s.removeChannel)
	register(s, of(http.MethodPost, "/canales/{canal}/probar", "probar-canal", "Manda un aviso de prueba y dice cómo fue"), auth.RoleAdmin, s.tryChannel)
	register(s, of(http.MethodPost, "/canales/{canal}/secreto", "renovar-secreto", "Da otro secreto a un webhook; el de antes firma también durante un día"), auth.RoleAdmin, s.rotateSecret)
	s.ownNotices()
}

// NoticeWishes is what is told, and when not.
type NoticeWishes struct {
	Events []string `json:"eventos" maxItems:"10" doc:"ticket.creado, ticket.espera, mensaje.fallo, puente.problema y puente.recuperado."`
	From   string   `json:"silencio_desde" pattern:"^([01]\\d|2[0-3]):[0-5]\\d$" doc:"Desde entonces no se avisa, en la zona horaria del negocio; puede pasar de medianoche."`
	To     string   `json:"silencio_hasta" pattern:"^([01]\\d|2[0-3]):[0-5]\\d$" doc:"Igual que «desde»: se avisa siempre."`
	Urgent bool     `json:"urgentes" doc:"Lo urgente se avisa también durante el silencio."`
}

func wishesOf(w store.NoticeWishes) NoticeWishes {
	return NoticeWishes{Events: eventWords(w.Events), From: clock(w.QuietFrom), To: clock(w.QuietTo), Urgent: w.Urgent}
}

func (v NoticeWishes) stored() store.NoticeWishes {
	return store.NoticeWishes{Events: noticeKinds(v.Events), QuietFrom: minutes(v.From), QuietTo: minutes(v.To), Urgent: v.Urgent}
}

// eventWords and noticeKinds are each other's inverse: the store has the API's words.
func eventWords(events []store.NoticeKind) []string {
	all := make([]string, len(events))
	for i, kind := range events {
		all[i] = string(kind)
	}
	return all
}

func noticeKinds(words []string) []store.NoticeKind {
	all := make([]store.NoticeKind, len(words))
	for i, word := range words {
		all[i] = store.NoticeKind(word)
	}
	return all
}

// NoticeSettings are what a business decides about its notices.
type NoticeSettings struct {
	NoticeWishes

	Language string `json:"idioma,omitempty" enum:"es,en,pt" default:"es" doc:"De los avisos que no son de nadie en particular."`
	Push     bool   `json:"navegadores" doc:"Cada quien puede recibir avisos en su navegador; pasan, cifrados, por el servicio de su fabricante."`
	Detail   bool   `json:"detalle" doc:"Los avisos llevan nombres, asuntos y textos."`
	Wait     int    `json:"espera_minutos" minimum:"0" maximum:"10080" doc:"Minutos del horario sin primera respuesta; 0: no se avisa."`
}

// Notices are the settings with the channels.
type Notices struct {
	NoticeSettings

	Channels []Channel `json:"canales"`
}

// Channel is where notices go, without its secrets.
type Channel struct {
	ID        int64      `json:"id"`
	Kind      string     `json:"tipo" enum:"direccion,navegador,webhook"`
	Name      string     `json:"nombre"`
	Address   string     `json:"direccion" doc:"Solo lo que no es secreto."`
	Events    []string   `json:"eventos" doc:"De un webhook."`
	User      int64      `json:"de" doc:"De quién es; 0: del negocio."`
	On        bool       `json:"activo"`
	GaveUp    bool       `json:"desistio" doc:"Se apagó solo: nada llegó durante cinco días."`
	CreatedAt time.Time  `json:"creado"`
	LastOK    *time.Time `json:"ultimo_exito"`
	LastError *time.Time `json:"ultimo_fallo" doc:"Nulo si lo último llegó."`
	Reason    string     `json:"motivo" doc:"Del último fallo."`
}

// channelKinds are the API's words.
var channelKinds = map[store.ChannelKind]string{store.ChannelAddress: "direccion", store.ChannelPush: "navegador", store.ChannelWebhook: "webhook"}

func channelOf(c store.Channel) Channel {
	return Channel{
		ID: c.ID, Kind: channelKinds[c.Kind], Name: c.Name, Address: notify.Mask(c.Address), Events: eventWords(c.Events), User: c.User, On: c.On(), GaveUp: c.GaveUp,
		CreatedAt: c.CreatedAt, LastOK: moment(c.LastOKAt), LastError: moment(c.LastErrorAt), Reason: c.LastError,
	}
}

// ofBusiness reports whether an administrator sees to a channel: all but other
// people's browsers.
func ofBusiness(c store.Channel) bool { return c.Kind != store.ChannelPush || c.User == 0 }

func (s *service) showNotices(ctx context.Context, _ *struct{}) (*body[Notices], error) {
	business := businessOf(ctx)
	settings, err := s.Store.NoticeSettings(ctx, business)
	if err != nil {
		return nil, fmt.Errorf("load notice settings: %w", err)
	}
	all, err := s.channels(ctx, ofBusiness)
	if err != nil {
		return nil, err
	}
	return answer(Notices{
		NoticeSettings: NoticeSettings{NoticeWishes: wishesOf(settings.NoticeWishes), Language: settings.Language, Push: settings.Push, Detail: settings.Detail, Wait: int(settings.Wait / time.Minute)},
		Channels:       all,
	}), nil
}

func (s *service) channels(ctx context.Context, which func(store.Channel) bool) ([]Channel, error) {
	all, err := s.Store.Channels(ctx, businessOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("list channels: %w", err)
	}
	shown := []Channel{}
	for _, c := range all {
		if which(c) {
			shown = append(shown, channelOf(c))
		}
	}
	return shown, nil
}

func (s *service) changeNotices(ctx context.Context, in *struct{ Body NoticeSettings }) (*body[Notices], error) {
	id := auth.From(ctx)
	err := s.Store.SetNoticeSettings(ctx, id.Business, id.User, store.NoticeSettings{
		NoticeWishes: in.Body.stored(), Language: in.Body.Language, Push: in.Body.Push, Detail: in.Body.Detail, Wait: time.Duration(in.Body.Wait) * time.Minute,
	})
	if err != nil {
		return nil, fmt.Errorf("change notice settings: %w", err)
	}
	return s.showNotices(ctx, nil)
}

type newChannel struct {
	Body struct {
		Kind    string   `json:"tipo" enum:"direccion,webhook"`
		Name    string   `json:"nombre" minLength:"1" maxLength:"60"`
		Address string   `json:"direccion" minLength:"1" maxLength:"2000" doc:"Como en shoutrrr, por ejemplo telegram://…; de un webhook, https://…"`
		Events  []string `json:"eventos,omitempty" maxItems:"10" doc:"De un webhook."`
		User    int64    `json:"de,omitempty" minimum:"0" doc:"De una dirección: de quién es; 0: del negocio."`
	}
}

// MadeChannel is a channel with the secret of a webhook.
type MadeChannel struct {
	Channel

	Secret string `json:"secreto,omitempty" doc:"Con él se comprueba la firma de un webhook. No se puede volver a ver."`
}

func (s *service) addChannel(ctx context.Context, in *newChannel) (*body[MadeChannel], error) {
	id := auth.From(ctx)
	c := store.Channel{Business: id.Business, Kind: store.ChannelAddress, Name: in.Body.Name, Address: in.Body.Address, User: in.Body.User}
	check := notify.CheckAddress
	if in.Body.Kind == channelKinds[store.ChannelWebhook] {
		c.Kind, c.User, c.Events, c.Secret, check = store.ChannelWebhook, 0, noticeKinds(in.Body.Events), notify.NewSecret(), notify.CheckWebhook
	}
	if err := check(in.Body.Address); err != nil {
		return nil, err
	}
	c, err := s.Store.AddChannel(ctx, id.User, c)
	if err != nil {
		return nil, fmt.Errorf("add channel: %w", err)
	}
	return answer(MadeChannel{Channel: channelOf(c), Secret: c.Secret}), nil
}

type channelRef struct {
	ID int64 `path:"canal" minimum:"1"`
}

// allowed refuses a channel that is not one of which as if it were not there.
func (s *service) allowed(ctx context.Context, id int64, which func(store.Channel) bool) error {
	c, err := s.Store.Channel(ctx, businessOf(ctx), id)
	if err != nil {
		return fmt.Errorf("load channel: %w", err)
	}
	if !which(c) {
		return ticket.NewError(ticket.CodeNotFound, "Ese canal ya no existe.")
	}
	return nil
}

type channelChange struct {
	ID   int64 `path:"canal" minimum:"1"`
	Body struct {
		Name   *string   `json:"nombre,omitempty" minLength:"1" maxLength:"60"`
		Events *[]string `json:"eventos,omitempty" maxItems:"10" doc:"De un webhook."`
		On     *bool     `json:"activo,omitempty"`
	}
}

func (s *service) changeChannel(ctx context.Context, in *channelChange) (*body[Channel], error) {
	if err := s.allowed(ctx, in.ID, ofBusiness); err != nil {
		return nil, err
	}
	id := auth.From(ctx)
	now, err := s.Store.ChangeChannel(ctx, id.Business, id.User, in.ID, func(c *store.Channel) {
		put(&c.Name, in.Body.Name)
		if in.Body.Events != nil && c.Kind == store.ChannelWebhook {
			c.Events = noticeKinds(*in.Body.Events)
		}
		if in.Body.On != nil && *in.Body.On != c.On() {
			c.OffAt = time.Time{}
			if !*in.Body.On {
				c.OffAt = s.Now()
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("change channel: %w", err)
	}
	return answer(channelOf(now)), nil
}

func (s *service) removeChannel(ctx context.Context, in *channelRef) (*struct{}, error) {
	return s.removeOne(ctx, in.ID, ofBusiness)
}

func (s *service) removeOne(ctx context.Context, channel int64, which func(store.Channel) bool) (*struct{}, error) {
	if err := s.allowed(ctx, channel, which); err != nil {
		return nil, err
	}
	id := auth.From(ctx)
	if err := s.Store.RemoveChannel(ctx, id.Business, id.User, channel); err != nil {
		return nil, fmt.Errorf("remove channel: %w", err)
	}
	return nil, nil
}

func (s *service) tryChannel(ctx context.Context, in *channelRef) (*body[Channel], error) {
	return s.tryOne(ctx, in.ID, ofBusiness)
}

func (s *service) tryOne(ctx context.Context, channel int64, which func(store.Channel) bool) (*body[Channel], error) {
	if err := s.allowed(ctx, channel, which); err != nil {
		return nil, err
	}
	c, err := s.Notify.Test(ctx, businessOf(ctx), channel)
	if err != nil {
		return nil, fmt.Errorf("test channel: %w", err)
	}
	return answer(channelOf(c)), nil
}

func (s *service) rotateSecret(ctx context.Context, in *channelRef) (*body[MadeChannel], error) {
	hooks := func(c store.Channel) bool { return c.Kind == store.ChannelWebhook }
	if err := s.allowed(ctx, in.ID, hooks); err != nil {
		return nil, err
	}
	id, secret := auth.From(ctx), notify.NewSecret()
	c, err := s.Store.ChangeChannel(ctx, id.Business, id.User, in.ID, func(c *store.Channel) {
		c.OldSecret, c.Secret, c.RotatedAt = c.Secret, secret, s.Now()
	})
	if err != nil {
		return nil, fmt.Errorf("rotate secret: %w", err)
	}
	return answer(MadeChannel{Channel: channelOf(c), Secret: secret}), nil
}

// gaveUp counts the channels of whoever asks that were switched off because
// nothing got through: for an administrator the business's too.
func (s *service) gaveUp(ctx context.Context) (int, error) {
	id := auth.From(ctx)
	all, err := s.Store.Channels(ctx, id.Business)
	if err != nil {
		return 0, fmt.Errorf("list channels: %w", err)
	}
	all = slices.DeleteFunc(all, func(c store.Channel) bool {
		mine := c.User == id.User || ofBusiness(c) && id.Role.Covers(auth.RoleAdmin)
		return !c.GaveUp || !mine
	})
	return len(all), nil
}
