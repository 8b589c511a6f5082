"""A carrier simulator in its own process: carriers' wires, Kakao's rules, faults on request.

It knows nothing of the system that it stands in for a carrier to. See `sandbox/README.md`.
"""
