"""The profile: fields, codecs, masks, locks, and the decision about an update."""
