"""REST of who may do what: policies, masks, attributes, shares, requests, people, roles, decisions."""
