"""`manage.py up`: the whole product as child processes of one command. Imports no Django."""
