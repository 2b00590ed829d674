"""What people do with schedules: look at them, check them, and find the learning rate that goes into them."""
