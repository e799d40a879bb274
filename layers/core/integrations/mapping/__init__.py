"""Floor 1: field mappings at work. Paths, transforms, Markdown both ways; pure, and cheap until a transform is used."""
