"""Language models: two wire formats, who serves which model, what a call costs. Pure: never imports Django.

A call goes through the same guarded HTTP client as every other request of a node.
"""
