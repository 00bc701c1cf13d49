"""TLS as bytes and values: the engine on memory buffers, the observer, the decoder, the chain."""
