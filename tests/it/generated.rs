//! Generated files are what the commands say.
