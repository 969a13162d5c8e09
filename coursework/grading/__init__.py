"""The teacher's tool: student versions, hand-ins, marks and feedback. `cli.py` is where it starts."""
