"""nnU-Net v2 on the folds of time-to-dice, for nnunet.ts. Arguments: `plan` or `train`, the task's file.

plan     writes the slices as nnU-Net's data set with our folds, and lets nnU-Net take their fingerprint, plan its 2-D
         configuration and preprocess; what is there already stays
train    trains its own trainer on one fold for the task's seconds and predicts the fold's unseen slices

All is nnU-Net's own, but for: the time, in which its learning rate falls as it does over its epochs; no validation on
patches between the epochs; one process for augmentation. Lines of JSON go to stdout, nnU-Net's words to stderr.
"""
import json
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np

say_to, sys.stdout = sys.stdout, sys.stderr
DATASET, NAME = 501, "Dataset501_Slices"


def say(**line):
    print(json.dumps(line), file=say_to, flush=True)


def set_places(task):
    """Must come before nnU-Net is imported, which reads them then."""
    for variable in ("nnUNet_raw", "nnUNet_preprocessed", "nnUNet_results"):
        os.environ[variable] = str(Path(task["work"]) / variable)
        Path(os.environ[variable]).mkdir(parents=True, exist_ok=True)
    os.environ.update(nnUNet_n_proc_DA="1", nnUNet_def_n_proc="1")


def plans_name(task):
    target = task["memoryTargetGb"]
    return "nnUNetPlans" if target is None else f"nnUNetPlans_{target:g}GB"


def write_pictures(task):
    """The decoded slices as grey PNG with their masks: 0 and 1."""
    from skimage import io
    raw = Path(os.environ["nnUNet_raw"]) / NAME
    for folder in ("imagesTr", "labelsTr"):
        (raw / folder).mkdir(parents=True, exist_ok=True)
    for entry in task["entries"]:
        image = np.load(Path(task["slices"]) / entry["image"])[0] * 255
        grey = np.rint(image).astype(np.uint8)
        if np.abs(image - grey).max() > 1e-3:
            sys.exit(f"Expected grey values of 8 bits, found others in {entry['image']}")
        label = (np.load(Path(task["slices"]) / entry["label"])[0] > 0).astype(np.uint8)
        io.imsave(raw / "imagesTr" / f"{entry['id']}_0000.png", grey, check_contrast=False)
        io.imsave(raw / "labelsTr" / f"{entry['id']}.png", label, check_contrast=False)
    description = {"channel_names": {"0": "grey"}, "labels": {"background": 0, "pancreas": 1},
                   "numTraining": len(task["entries"]), "file_ending": ".png"}
    (raw / "dataset.json").write_text(json.dumps(description))


def plan(task):
    from nnunetv2.experiment_planning.plan_and_preprocess_api import (
        extract_fingerprints, plan_experiments, preprocess)
    done = Path(task["work"]) / f"{plans_name(task)}.done"
    if not done.exists():
        write_pictures(task)
        extract_fingerprints([DATASET], num_processes=1, check_dataset_integrity=True, show_progress_bar=False)
        chosen = {} if task["memoryTargetGb"] is None else {
            "gpu_memory_target_in_gb": task["memoryTargetGb"], "overwrite_plans_name": plans_name(task)}
        plan_experiments([DATASET], **chosen)
        preprocess([DATASET], plans_name(task), ("2d",), [1], show_progress_bar=False)
        done.touch()
    folds = Path(os.environ["nnUNet_preprocessed"]) / NAME / "splits_final.json"
    folds.write_text(json.dumps(task["folds"]))
    say(kind="planned")


class Clock:
    """Seconds of training: from its first step on, so that nnU-Net's start does not count against it."""

    def __init__(self, seconds):
        self.seconds, self.begin = seconds, time.perf_counter()

    def passed(self):
        return time.perf_counter() - self.begin

    def share(self):
        return min(1.0, self.passed() / self.seconds)


def open_trainer(task):
    import torch
    from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer
    torch.set_num_threads(task["threads"])
    folder = Path(os.environ["nnUNet_preprocessed"]) / NAME
    plans = json.loads((folder / f"{plans_name(task)}.json").read_text())
    plans["continue_training"] = False
    dataset = json.loads((folder / "dataset.json").read_text())
    return nnUNetTrainer(plans, "2d", task["fold"], dataset, torch.device("cpu"))


def train(task):
    trainer = open_trainer(task)
    trainer.plot_network_architecture = lambda: None
    trainer.on_train_start()
    trainer.network.train()
    clock, steps, longest, first = Clock(task["seconds"]), 0, 0.0, None
    while first is None or clock.passed() + longest <= clock.seconds:
        begin = clock.passed()
        for group in trainer.optimizer.param_groups:
            group["lr"] = trainer.initial_lr * (1 - clock.share()) ** 0.9
        loss = float(trainer.train_step(next(trainer.dataloader_train))["loss"])
        steps, longest = steps + 1, max(longest, clock.passed() - begin)
        if first is None:
            first = clock.passed()
        print(f"step {steps} after {clock.passed():.1f} s, loss {loss:.4f}")
    seconds, peak = clock.passed(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    trainer.disable_checkpointing = True
    trainer.on_train_end()
    chosen = trainer.configuration_manager
    say(kind="end", seconds=seconds, steps=steps, firstStepS=first, rssMb=peak,
        patchSize=[int(n) for n in chosen.patch_size], batchSize=int(chosen.batch_size),
        parameters=sum(p.numel() for p in trainer.network.parameters() if p.requires_grad))
    np.save(task["masks"], predict(task, trainer))


def predict(task, trainer):
    """Masks (n, H, W) of the unseen slices by nnU-Net's own inference, mirroring included."""
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
    trainer.set_deep_supervision_enabled(False)
    trainer.network.eval()
    predictor = nnUNetPredictor(device=trainer.device, perform_everything_on_device=False, allow_tqdm=False)
    predictor.manual_initialization(
        trainer.network, trainer.plans_manager, trainer.configuration_manager, [trainer.network.state_dict()],
        trainer.dataset_json, type(trainer).__name__, trainer.inference_allowed_mirroring_axes)
    reader = trainer.plans_manager.image_reader_writer_class()
    images = Path(os.environ["nnUNet_raw"]) / NAME / "imagesTr"
    masks = []
    for number, case in enumerate(task["folds"][task["fold"]]["val"], 1):
        image, properties = reader.read_images([str(images / f"{case}_0000.png")])
        masks.append(predictor.predict_single_npy_array(image, properties)[0])
        print(f"predicted {number} of {len(task['folds'][task['fold']]['val'])}")
    return np.stack(masks).astype(np.uint8)


def main():
    mode, file = sys.argv[1:]
    task = json.loads(Path(file).read_text())
    set_places(task)
    plan(task) if mode == "plan" else train(task)
    from importlib.metadata import version
    say(name=f"nnU-Net {version('nnunetv2')}")


if __name__ == "__main__":
    main()
