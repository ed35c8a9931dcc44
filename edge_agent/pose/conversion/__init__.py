"""Makes the shipped ONNX models again from Google's published TFLite files; needs the extra `dev`."""
