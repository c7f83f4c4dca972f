"""The index of a call: vectors, the catalog with its lexical index, and its versions."""
