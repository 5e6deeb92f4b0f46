"""What an update costs in instructions, guarded: no change may make one a tenth dearer unseen."""
