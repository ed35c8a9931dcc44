"""How right the counts are: our counter and others' beside it, on recordings whose counts are known.

Nothing of the running product imports this; numpy is allowed here.
"""
