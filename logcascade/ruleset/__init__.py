"""Rule files become typed rules; records become detections; rules prove themselves."""
