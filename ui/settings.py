from assistant.settings import Settings

__all__ = ["Settings"]
