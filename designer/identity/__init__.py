"""Sign-in by a workspace's provider of identities: OpenID Connect, and what follows from its claims."""
