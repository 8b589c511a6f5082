"""Tables of SMS agents, which Alimnaru empties in the agents' place.

An agent is a program of a telco's or a reseller's that stood beside an office's systems for twenty
years: who wants to send puts a row into its table, it sends, and writes into the row what became
of it. Each layout is data in a module of its vendor; `desk` speaks SQL for all of them.
"""
