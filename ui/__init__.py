"""The window: PySide6 and pyqtgraph. Widgets render state and emit a new one; no arithmetic on pixels."""
