"Three short programs that stop with an error: patients for the debugger."
import torch
from torch.nn import functional as F

__all__ = ['PROGRAMS', 'train_digits', 'train', 'one_step', 'measure', 'log_loss']

# What stands in the reader's cell; the error shows itself far from the mistake.
PROGRAMS = {
    'shape': '''images, labels = map(tensor, load_digits())
pixels = images.flatten(1)
model = nn.Linear(784, 10)
train(model, pixels, labels)''',
    'label': '''images, labels = map(tensor, load_digits())
model = nn.Linear(64, 10)
train_digits(model, images, labels)''',
    'nan': '''images, labels = map(tensor, load_digits())
pixels, lr = images.flatten(1), 1000
model = nn.Linear(64, 10)
train(model, pixels, labels, log_loss, lr)''',
}


def train_digits(model, images, labels):
    "Flatten the pictures, and train."
    labels = labels + 1
    return train(model, images.flatten(1), labels)


def train(model, pixels, labels, loss_func=F.cross_entropy, lr=0.1):
    "Five steps of training on all pictures at once."
    for step in range(5):
        loss = one_step(model, pixels, labels, loss_func, lr)
    return loss


def one_step(model, pixels, labels, loss_func, lr):
    "Predict, measure, and move the weights a little."
    scores = model(pixels)
    loss = measure(loss_func, scores, labels)
    loss.backward()
    with torch.no_grad():
        for weights in model.parameters(): weights -= lr * weights.grad
    model.zero_grad()
    return loss


def measure(loss_func, scores, labels):
    "The loss, and a look at whether it is a number."
    loss = loss_func(scores, labels)
    if loss.isnan(): raise FloatingPointError('the loss is nan')
    return loss


def log_loss(scores, labels):
    "Minus the logarithm of the probability of the right class, by hand."
    probs = scores.softmax(dim=1)
    right = probs[range(len(labels)), labels]
    return -right.log().mean()
