package whatsapp

import (
	"encoding/json"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow/types/events"
)

// step is what an event of the session means: what to do, with what, and what
// to tell people.
type step struct {
	do               action
	reason, solution string
	wait             time.Duration // 0: none given
	codes            []string      // with doShowCodes
	phone, lid       string        // with doPaired
	passkey          *Passkey      // with doPasskey
	code             string        // with doCompare and doShowCode
	count            int           // with doDegraded and doExpect
	until            time.Time     // with doLimit; zero: not limited
	poisoned         bool          // with doNotStored: the message's fault, not the disk's
	full             bool          // with doNotStored: there is no space left
}

// rule recognises one event of whatsmeow, version 20260821.
type rule func(evt any) (step, bool)

// on makes the rule for events of type E.
func on[E any](meaning func(*E) step) rule {
	return func(evt any) (step, bool) {
		e, ok := evt.(*E)
		if !ok {
			return step{}, false
		}
		return meaning(e), true
	}
}

// always is the rule for an event whose fields do not matter.
func always[E any](s step) rule { return on(func(*E) step { return s }) }

// rules is the whole knowledge of what session events mean. Messages and
// receipts are not in it, and events that no rule knows change nothing.
var rules = []rule{
	on(func(e *events.QR) step { return step{do: doShowCodes, codes: e.Codes} }),
	on(func(e *events.PairSuccess) step { return step{do: doPaired, phone: e.ID.User, lid: e.LID.User} }),
	always[events.PairError](step{
		do: doPairAgain, reason: "No se completó la vinculación.", solution: "Escanee el código nuevo.",
	}),
	on(func(e *events.PairPasskeyRequest) step {
		key, err := json.Marshal(e.PublicKey)
		if err != nil {
			return step{do: doPairAgain, reason: "WhatsApp pidió una llave de acceso que no se entiende.", solution: "Escanee el código nuevo."}
		}
		return step{do: doPasskey, passkey: &Passkey{PublicKey: key}}
	}),
	on(func(e *events.PairPasskeyConfirmation) step {
		if e.SkipHandoffUX {
			return step{do: doConfirm}
		}
		return step{do: doCompare, code: e.Code}
	}),
	always[events.PairPasskeyError](step{
		do: doPairAgain, reason: "WhatsApp no aceptó la llave de acceso.", solution: "Escanee el código nuevo y vuelva a intentarlo.",
	}),
	always[events.QRScannedWithoutMultidevice](step{
		do: doExplain, reason: "El teléfono que escaneó el código tiene un WhatsApp demasiado viejo.", solution: "Actualice WhatsApp en el teléfono y escanee de nuevo.",
	}),
	always[events.Connected](step{do: doConnected}),
	always[events.Disconnected](step{do: doLost}),
	on(func(e *events.KeepAliveTimeout) step { return step{do: doDegraded, count: e.ErrorCount} }),
	always[events.KeepAliveRestored](step{do: doHealthy}),
	on(func(e *events.LoggedOut) step {
		return step{do: doLoggedOut, reason: logoutReason(e.Reason), solution: "Vuelva a vincular: escanee el código QR con el teléfono."}
	}),
	always[events.StreamReplaced](step{
		do: doReplaced, reason: "Otro programa está usando esta misma sesión de WhatsApp.",
		solution: "Cierre la otra copia del programa; mientras tanto este lo intenta de vez en cuando.",
	}),
	on(func(e *events.TemporaryBan) step {
		return step{do: doBanned, wait: e.Expire, reason: banReason(e.Code), solution: "Espere: se reconecta solo. No vuelva a vincular y no envíe mensajes en masa."}
	}),
	always[events.ClientOutdated](step{do: doOutdated}),
	on(func(e *events.ConnectFailure) step {
		return step{
			do: doRefused, reason: fmt.Sprintf("WhatsApp rechazó la conexión (código %d).", int(e.Reason)),
			solution: "Se vuelve a intentar solo. Si sigue así, revise WhatsApp en el teléfono.",
		}
	}),
	always[events.StreamError](step{do: doUnsettled}),
	on(func(e *events.OfflineSyncPreview) step { return step{do: doExpect, count: e.Messages} }),
	on(func(e *events.NotifyAccountReachoutTimelock) step {
		if !e.IsActive {
			return step{do: doLimit}
		}
		return step{do: doLimit, until: e.TimeEnforcementEnds.Time}
	}),
}

// meaning finds the step for evt; false when it says nothing on the session.
func meaning(evt any) (step, bool) {
	for _, r := range rules {
		if s, ok := r(evt); ok {
			return s, true
		}
	}
	return step{}, false
}

func logoutReason(code events.ConnectFailureReason) string {
	switch code {
	case events.ConnectFailureMainDeviceGone:
		return "WhatsApp cerró la sesión del teléfono: puede ser un cambio de teléfono o un bloqueo de la cuenta."
	case events.ConnectFailureUnknownLogout:
		return "WhatsApp cerró la sesión y puede haber bloqueado la cuenta."
	}
	return "Este dispositivo se quitó de los dispositivos vinculados del teléfono."
}

func banReason(code events.TempBanReason) string {
	const suspended = "WhatsApp suspendió la cuenta por un tiempo"
	switch code {
	case events.TempBanSentToTooManyPeople:
		return suspended + ": demasiados mensajes a personas que no la tienen en sus contactos."
	case events.TempBanBlockedByUsers:
		return suspended + ": demasiadas personas la bloquearon."
	case events.TempBanCreatedTooManyGroups:
		return suspended + ": demasiados grupos con personas que no la tienen en sus contactos."
	case events.TempBanSentTooManySameMessage:
		return suspended + ": el mismo mensaje a demasiadas personas."
	case events.TempBanBroadcastList:
		return suspended + ": demasiados mensajes a una lista de difusión."
	}
	return suspended + "."
}
