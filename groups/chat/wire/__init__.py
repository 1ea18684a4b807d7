"""The chat over WebSocket: frames in and out, and how a change reaches every connection. It knows nothing of pages."""
