"""SOLAPI's wire: groups that are filled and fired, and templates under review."""
