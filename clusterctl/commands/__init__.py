"""The use cases as typed functions, one module each: what the command line and the Python interface call.

Importing this loads none of them: a command pays for itself alone.
"""
