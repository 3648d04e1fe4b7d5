"""The ERP's backend: production orders, stock, the QT-09 transfer handshake and quality tests over HTTP."""
