// Carries the precompiled header of its profile.
