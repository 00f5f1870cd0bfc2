"""The vocabulary: frozen values that every stage shares. Imports nothing of ours."""
