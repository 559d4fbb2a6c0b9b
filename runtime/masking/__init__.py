"""What of runs and datasets each reader is shown: fields masked, parts refused, by the reader's attributes.

Everything that leaves the server with values in it goes through here. Stored data stays as it is.
"""
