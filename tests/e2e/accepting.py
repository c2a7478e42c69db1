"""A server's accept loop."""

import threading


def accept_each(listener, serve):
    """Calls `serve(connection)` for each connection, on a thread of its own, until the listener is closed."""
    def run():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()
    threading.Thread(target=run, daemon=True).start()
