package whatsapp

import (
	"strconv"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"mostrador/internal/ticket"
)

// summary is the text that stands for a message with no text of its own.
func summary(label, text string, more ...string) (content, bool) {
	lines := append([]string{labelled(label, text)}, present(more...)...)
	return content{kind: ticket.KindOther, text: strings.Join(lines, "\n")}, true
}

// answer is a text the customer chose instead of typing it.
func answer(texts ...string) (content, bool) {
	if texts = present(texts...); len(texts) > 0 {
		return content{kind: ticket.KindText, text: strings.Join(texts, "\n")}, true
	}
	return content{kind: ticket.KindOther, text: "[Respuesta sin texto]"}, true
}

// readAnswer recognises taps on the buttons and lists of a business.
func readAnswer(msg *waE2E.Message) (content, bool) {
	switch {
	case msg.ButtonsResponseMessage != nil:
		return answer(msg.ButtonsResponseMessage.GetSelectedDisplayText())
	case msg.ListResponseMessage != nil:
		return answer(msg.ListResponseMessage.GetTitle(), msg.ListResponseMessage.GetDescription())
	case msg.TemplateButtonReplyMessage != nil:
		return answer(msg.TemplateButtonReplyMessage.GetSelectedDisplayText())
	case msg.InteractiveResponseMessage != nil:
		return answer(msg.InteractiveResponseMessage.GetBody().GetText())
	}
	return content{}, false
}

// readPoll recognises polls and votes. A vote names its options by hashes, so
// only that there was one is said.
func readPoll(msg *waE2E.Message) (content, bool) {
	for _, poll := range []*waE2E.PollCreationMessage{
		msg.PollCreationMessage, msg.PollCreationMessageV2, msg.PollCreationMessageV3, msg.PollCreationMessageV5, msg.PollCreationMessageV6,
	} {
		if poll != nil {
			var options []string
			for _, option := range poll.GetOptions() {
				options = append(options, "• "+option.GetOptionName())
			}
			return summary("📊 Encuesta", poll.GetName(), options...)
		}
	}
	if vote := msg.GetPollUpdateMessage(); vote != nil {
		c, _ := summary("📊 Votó en una encuesta", "")
		c.replyTo = vote.GetPollCreationMessageKey().GetID()
		return c, true
	}
	return content{}, false
}

// readOffer recognises what WhatsApp's shops, groups and calendars send.
func readOffer(msg *waE2E.Message) (content, bool) {
	switch {
	case msg.OrderMessage != nil:
		o := msg.OrderMessage
		items := ""
		if o.GetItemCount() > 0 {
			items = "Artículos: " + strconv.Itoa(int(o.GetItemCount()))
		}
		return summary("🛒 Pedido", o.GetOrderTitle(), items, price("Total", o.GetTotalAmount1000(), o.GetTotalCurrencyCode()), o.GetMessage())
	case msg.ProductMessage != nil:
		p := msg.ProductMessage.GetProduct()
		return summary("🏷️ Producto", p.GetTitle(), price("Precio", p.GetPriceAmount1000(), p.GetCurrencyCode()),
			p.GetDescription(), msg.ProductMessage.GetBody(), p.GetURL())
	case msg.GroupInviteMessage != nil:
		return summary("👥 Invitación al grupo", msg.GroupInviteMessage.GetGroupName(), msg.GroupInviteMessage.GetCaption())
	case msg.EventMessage != nil:
		e := msg.EventMessage
		return summary("📅 Evento", e.GetName(), begins(e.GetStartTime()), e.GetDescription(), e.GetLocation().GetName(), e.GetJoinLink())
	case msg.StickerPackMessage != nil:
		return summary("Paquete de stickers", msg.StickerPackMessage.GetName(), msg.StickerPackMessage.GetCaption())
	case msg.InvoiceMessage != nil:
		return summary("🧾 Factura", msg.InvoiceMessage.GetNote())
	}
	return content{}, false
}

// price writes an amount in thousandths of the currency's unit.
func price(label string, amount int64, currency string) string {
	if amount == 0 {
		return ""
	}
	return labelled(label, strconv.FormatFloat(float64(amount)/1000, 'f', 2, 64)+" "+currency)
}

// begins says when an event starts. The bridge does not know the business's
// time zone.
func begins(unix int64) string {
	if unix <= 0 {
		return ""
	}
	return "Empieza: " + time.Unix(unix, 0).UTC().Format("2006-01-02 15:04") + " UTC"
}

// readForm recognises the forms other businesses send.
func readForm(msg *waE2E.Message) (content, bool) {
	switch {
	case msg.ListMessage != nil:
		return answer(msg.ListMessage.GetTitle(), msg.ListMessage.GetDescription(), msg.ListMessage.GetFooterText())
	case msg.ButtonsMessage != nil:
		return answer(msg.ButtonsMessage.GetText(), msg.ButtonsMessage.GetContentText(), msg.ButtonsMessage.GetFooterText())
	case msg.TemplateMessage != nil:
		return answer(template(msg.TemplateMessage)...)
	case msg.InteractiveMessage != nil:
		return answer(interactive(msg.InteractiveMessage)...)
	case msg.HighlyStructuredMessage != nil:
		return answer(template(msg.HighlyStructuredMessage.GetHydratedHsm())...)
	}
	return content{}, false
}

func template(t *waE2E.TemplateMessage) []string {
	if i := t.GetInteractiveMessageTemplate(); i != nil {
		return interactive(i)
	}
	h := t.GetHydratedFourRowTemplate()
	if h == nil {
		h = t.GetHydratedTemplate()
	}
	return []string{h.GetHydratedTitleText(), h.GetHydratedContentText(), h.GetHydratedFooterText()}
}

func interactive(i *waE2E.InteractiveMessage) []string {
	return []string{i.GetHeader().GetTitle(), i.GetBody().GetText(), i.GetFooter().GetText()}
}

// readNote recognises the rest of what people cause.
func readNote(msg *waE2E.Message) (content, bool) {
	switch {
	case msg.Conversation != nil, msg.ExtendedTextMessage != nil:
		return summary("[Mensaje sin texto]", "")
	case msg.CallLogMesssage != nil:
		return summary("📞 Llamada de WhatsApp", "")
	case msg.ScheduledCallCreationMessage != nil:
		return summary("📞 Llamada programada", msg.ScheduledCallCreationMessage.GetTitle())
	case msg.RequestPhoneNumberMessage != nil:
		return summary("[Solicitud de número de teléfono]", "")
	case msg.PlaceholderMessage != nil:
		return summary("[Mensaje que WhatsApp solo muestra en el teléfono]", "")
	}
	return content{}, false
}
