"""The line formats: loaded, checked, chosen for a source by its first lines, explained."""
