"""Reports as documents: papers of the office, in Korean whatever the language of a screen."""
