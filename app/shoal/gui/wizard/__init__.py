"""The Configuration Assistant: six steps that change a draft, which is put in force as a whole at the end, or never."""
