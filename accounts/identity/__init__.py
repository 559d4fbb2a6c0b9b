"""That people are who they say: sessions, second factors, passkeys, and fresh proof of them."""
