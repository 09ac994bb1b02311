"""What `start.py translations` does: messages out of the sources, catalogues kept in step, checked and compiled.

For development: Babel reads and writes the catalogues. The program itself needs the compiled ones alone.
"""
