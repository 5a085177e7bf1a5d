"""The bundled demo clips; `python -m motionapp.scenes` regenerates them."""
