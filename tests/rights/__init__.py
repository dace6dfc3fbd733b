"""What our functions ask of AWS, and what their roles let them.

`recording` learns on the emulator which calls each method of a port makes (`port_calls.json`);
`roles` reads what the template's roles allow; `enforcing` holds every call of a function to its
role, wherever a test makes one.
"""
