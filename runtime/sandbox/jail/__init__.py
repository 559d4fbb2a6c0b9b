"""What runs on the far side of the wall: the zygote, its children and the kernel lockdown.

The zygote is started with `python -I -S` and imports this package alone, by its folder. So nothing
here imports anything but the standard library and its siblings.
"""
