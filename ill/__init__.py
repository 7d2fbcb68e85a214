"""The lending domain: states, transitions, rota, policy and deadlines; pure."""
