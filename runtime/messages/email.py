"""An e-mail to one person, as text that a mail server takes."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr

ID_HEADER = "X-Lockgate-Delivery"


@dataclass(frozen=True, slots=True)
class Email:
    """A message to one person; `id` stays the same when it is sent again. `html` is what most people see."""

    id: str
    to: str
    subject: str
    text: str
    html: str = ""
    reply_to: str = ""

    def to_message(self, sender: str) -> EmailMessage:
        """With its headers; the sender may have a name."""
        domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
        message = EmailMessage(policy=SMTP)
        message["Subject"] = " ".join(self.subject.split())
        message["From"] = sender
        message["To"] = self.to
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{self.id}@{domain}>"
        message[ID_HEADER] = self.id
        message["Auto-Submitted"] = "auto-generated"
        if self.reply_to:
            message["Reply-To"] = self.reply_to
        message.set_content(self.text or " ")
        if self.html:
            message.add_alternative(self.html, subtype="html")
        return message
