package service

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf16"
)

// task is the definition of a scheduled task that runs program in dir whenever
// user logs on, in UTF-16 as Windows writes such files. It is tried again each
// minute of the user's session, by a trigger of its own: what repeats a logon
// begins with the next one, and the task was made in this session. That does
// nothing while it runs or is disabled. Windows' own «restart on failure» is only
// for programs that could not be started.
func task(user, dir, program string) []byte {
	var text strings.Builder
	fmt.Fprintf(&text, `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>%[1]s</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>%[2]s</UserId>
    </LogonTrigger>
    <TimeTrigger>
      <Repetition>
        <Interval>PT1M</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
      <StartBoundary>2000-01-01T00:00:00</StartBoundary>
      <Enabled>true</Enabled>
    </TimeTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>%[2]s</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>5</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>%[3]s</Command>
      <Arguments>%[4]s</Arguments>
      <WorkingDirectory>%[5]s</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`, escape(description), escape(user), escape(program), Command, escape(dir))
	units := utf16.Encode([]rune("\ufeff" + strings.ReplaceAll(text.String(), "\n", "\r\n")))
	encoded := make([]byte, 0, 2*len(units))
	for _, u := range units {
		encoded = binary.LittleEndian.AppendUint16(encoded, u)
	}
	return encoded
}

func escape(text string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(text)) // a buffer takes everything
	return out.String()
}
