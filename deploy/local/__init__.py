"""Postventa on one machine: sets everything up, starts every process, keeps it running.

Standard library only, for any Python from 3.9 on, because it runs before anything of ours is installed.
`python3 -m deploy.local --help` lists the commands; the Makefile gives them short names.
"""
