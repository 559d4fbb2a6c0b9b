"""What steps send: e-mails and signed webhooks, made and sent alike on the server and in scripts.

Never imports Django: the server's outbox decides when something is sent, this how.
"""
