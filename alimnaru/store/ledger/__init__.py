"""The hot statements: everything that touches many messages at once.

Three rules keep them fast and free of deadlocks:

* a statement handles a chunk or a drain of receipts, never one message;
* rows are locked in id order, messages before attempts before chunks, in every transaction, and
  jobs are deferred last. The exit alone takes its own chunk first: until that chunk has gone,
  nobody who holds a message needs its row. One that keeps a token may have gone, and has none of
  this freedom;
* no indexed column of a message changes while it travels, except when it moves to another chunk.
"""
