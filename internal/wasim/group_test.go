package wasim_test

import (
	"testing"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/wasim"
)

// said waits for the text of a message: in groups an event of its own with the
// same id brings the sender's key first.
func said(t *testing.T, c *client, id string) *events.Message {
	t.Helper()
	return await(t, c, func(m *events.Message) bool {
		return m.Info.ID == id && (m.Message.GetConversation() != "" || m.Message.GetExtendedTextMessage().GetText() != "")
	})
}

func TestGroupMessagesArriveUnderTheGroup(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana, beto := s.NewCustomer(wasim.Profile{}), s.NewCustomer(wasim.Profile{Addressing: wasim.ByLID})
	g := s.NewGroup("Vecinos", ana, beto)
	for _, who := range []*wasim.Customer{ana, beto, ana} {
		id := g.SendText(who, "hola a todos")
		m := said(t, c, id)
		same(t, m.Message.GetConversation(), "hola a todos")
		same(t, m.Info.Chat, g.JID())
		same(t, m.Info.Sender.User, who.JID().User)
		same(t, m.Info.IsGroup, true)
		acked(t, s, id)
	}
	info, err := c.GetGroupInfo(soon(t), g.JID())
	if err != nil || info.Name != "Vecinos" || len(info.Participants) != 3 {
		t.Errorf("got group %+v and error %v, want Vecinos of 3", info, err)
	}
}

func TestTheBusinessAnswersInAGroup(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana, beto := s.NewCustomer(wasim.Profile{}), s.NewCustomer(wasim.Profile{})
	g := s.NewGroup("Vecinos", ana, beto)
	for _, id := range []string{"OUT1", "OUT2"} {
		c.mustSendText(g.JID(), id, "con gusto")
		for _, who := range []*wasim.Customer{ana, beto} {
			same(t, arrives(t, who, id).Text, "con gusto")
		}
		c.receipt(id, types.ReceiptTypeDelivered)
	}
	if err := c.sendText(types.NewJID("120363099999999999", types.GroupServer), "OUT3", "hola"); err == nil {
		t.Error("got no error for an unknown group, want one")
	}
}

func TestStatusAndChannelPostsAreToldApart(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	status := s.NewCustomer(wasim.Profile{}).PostStatus("de viaje")
	m := said(t, c, status)
	same(t, m.Info.Chat, types.StatusBroadcastJID)
	same(t, m.Message.GetExtendedTextMessage().GetText(), "de viaje")
	acked(t, s, status)

	post := s.PostChannel("ofertas")
	m = said(t, c, post)
	same(t, m.Info.Chat.Server, types.NewsletterServer)
	same(t, m.Message.GetConversation(), "ofertas")
	acked(t, s, post)
}

func TestABrokenGroupMessageIsSentAgain(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	g := s.NewGroup("Vecinos", ana)
	said(t, c, g.SendText(ana, "antes"))
	id := g.Send(ana, text("importante"), wasim.SendOptions{Broken: true})
	await(t, c, func(e *events.UndecryptableMessage) bool { return e.Info.ID == id })
	same(t, said(t, c, id).Info.Chat, g.JID())
	acked(t, s, id)
}
