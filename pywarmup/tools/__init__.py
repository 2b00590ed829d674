"""What people do with schedules: draw them, check them, find a learning rate."""
