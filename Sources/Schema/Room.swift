// The room is filled by the commits that follow.
