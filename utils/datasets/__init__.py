"""Where the course's examples come from: digits, drawn pets and bears."""
