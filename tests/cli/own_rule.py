"""A rule of a person's own."""

OWN_RULE = r"""
schema = 1
id = "own-broken"
title = "It broke"
role = "failure"
severity = "error"
summary = "Something broke."

[match]
literals = ["it broke"]
any = ['''it broke at (?P<place>\w+)''']
"""
