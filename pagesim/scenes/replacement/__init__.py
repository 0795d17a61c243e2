"""Too little memory: who has to leave, and what a machine gets done that must send pages away."""
